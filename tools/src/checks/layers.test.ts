import { describe, test } from "node:test";
import { assertNone, type Finding } from "../finding.ts";
import { coreFindings } from "../layers/core.ts";
import { cycleFindings } from "../layers/cycles.ts";
import { layersDiagram, withDiagram } from "../layers/diagram.ts";
import { packageFindings, packageFolders } from "../layers/packages.ts";
import { repository, type Tree } from "../tree.ts";

describe("layers", () => {
  const tree = repository();

  test("packages import what the table, their manifest and their references allow", () => {
    assertNone(packageFindings(tree));
  });

  test("the main part of the core imports none of its reactors", () => {
    assertNone(coreFindings(tree));
  });

  test("no modules import each other in a circle", () => {
    assertNone(cycleFindings(tree));
  });

  test("ARCHITECTURE.md shows the table as it is", () => {
    assertNone(diagramFindings(tree));
  });
});

function diagramFindings(tree: Tree): readonly Finding[] {
  const path = "ARCHITECTURE.md";
  if (!tree.paths.includes(path)) return [];
  const text = tree.text(path);
  const wanted = withDiagram(text, layersDiagram(packageFolders(tree)));
  if (wanted === text) return [];
  const advice =
    wanted === undefined
      ? "Put <!-- layers:begin --> and <!-- layers:end --> where it belongs, then run `npm run layers -- --write`."
      : "Run `npm run layers -- --write`.";
  return [{ path, line: 1, rule: "The picture of the packages is generated", advice }];
}
