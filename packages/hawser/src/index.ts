/**
 * Every package of Hawser under one name.
 *
 * Convenient in applications and scripts; a library imports the one package it needs, and loads no more than that.
 *
 * @packageDocumentation
 */

export type {
  ApplicationConfiguration,
  ConfiguredService,
  RestartPolicy,
  SecretReference,
  ServiceSettings,
} from "@hawser/app/config";
export { application, service } from "@hawser/app/config";
export * from "@hawser/app/services";
export * from "@hawser/auth";
export * from "@hawser/auth/sasl";
export * from "@hawser/core";
export * from "@hawser/core/node";
export * from "@hawser/dns";
export * from "@hawser/mail";
export * from "@hawser/mail/check-dns";
export * from "@hawser/mail/domain";
export * from "@hawser/mail/imap";
export * from "@hawser/mail/local";
export * from "@hawser/mail/pop3";
export * from "@hawser/mail/queue";
export * from "@hawser/mail/sender";
export * from "@hawser/mail/smtp";
export * from "@hawser/mime";
export * from "@hawser/web";
export * from "@hawser/web/content";
export * from "@hawser/web/fields";
export * from "@hawser/web/forms";
export * from "./makers.ts";
