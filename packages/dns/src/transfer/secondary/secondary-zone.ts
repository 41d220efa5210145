import {
  DeadlineTimer,
  deferred,
} from "@hawser/core";
