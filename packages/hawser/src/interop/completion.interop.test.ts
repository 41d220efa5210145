import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { runHawser } from "../testing/hawser-process.ts";
import { needs, runProgram } from "../testing/programs.ts";
import { type TestSite, testSite } from "../testing/site.ts";

let site: TestSite;
before(async () => {
  const scripts = ["bash", "zsh", "fish"].map(async (shell) => {
    const { status, output } = await runHawser(["completion", shell]);
    assert.equal(status, 0);
    return [`script.${shell}`, output] as const;
  });
  site = await testSite({
    "files/documents/a.txt": "",
    "files/document.tap": "",
    ...Object.fromEntries(await Promise.all(scripts)),
  });
});
after(() => site[Symbol.asyncDispose]());

/** A shell with the script, in the folder `files`; prints what it has to say. */
async function inShell(shell: string, words: readonly string[], program: string): Promise<string> {
  const { status, output, errors } = await runProgram(shell, [...words, `cd ${site.path("files")}\n${program}`], {
    timeoutMs: 20_000,
  });
  assert.equal(status, 0, errors);
  assert.equal(errors, "");
  return output;
}

/** What a line may go on with. */
const cases: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ["hawser w", ["web"]],
  ["hawser co", ["completion", "convert"]],
  ["hawser web --po", ["--port"]],
  ["hawser web --no-", ["--no-compression", "--no-listing"]],
  ["hawser web --log-format ", ["combined", "json"]],
  ["hawser web --reactor n", ["node"]],
  ["hawser mail qu", ["quickstart"]],
  ["hawser mail quickstart --try", ["--try-out"]],
  ["hawser mail --local-o", ["--local-only"]],
  ["hawser tap mail --local-o", ["--local-only"]],
  ["hawser tap w", ["web"]],
  ["hawser tap web --log-f", ["--log-format"]],
  ["hawser tap web --enc", ["--encrypt"]],
  ["hawser tap --ty", ["--type"]],
  ["hawser tap -t ta", ["tap", "tas", "tax"]],
  ["hawser web --path doc", ["documents/"]],
  ["hawser web --mount /a=doc", ["documents/"]],
  ["hawser convert doc", ["document.tap", "documents/"]],
  ["hawser check --file document.", ["document.tap"]],
  ["hawser web --port ", []],
];

describe("bash completes", () => {
  for (const [line, offers] of cases) {
    test(line, async (t) => {
      if (!needs(t, "bash")) return;
      // bash takes "=" for a word of its own, as its readline does.
      const words = line
        .split(" ")
        .flatMap((word) => word.split(/(=)/))
        .filter((word, index, all) => word !== "" || index === all.length - 1);
      const program = `source ${site.path("script.bash")}
        COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}) COMP_CWORD=${words.length - 1}
        _hawser 2>&1
        for word in "\${COMPREPLY[@]}"; do [[ -d $word ]] && echo "$word/" || echo "$word"; done`;
      assert.deepEqual(lines(await inShell("bash", ["--norc", "--noprofile", "-c"], program)), [...offers].sort());
    });
  }
});

describe("fish completes", () => {
  for (const [line, offers] of cases) {
    test(line, async (t) => {
      if (!needs(t, "fish")) return;
      const output = await inShell(
        "fish",
        ["--no-config", "-c"],
        `source ${site.path("script.fish")}; complete -C '${line}'`,
      );
      const found = lines(output).map((offer) => offer.split("\t")[0]!.replace(/^\/a=/, ""));
      assert.deepEqual(found.sort(), [...offers].sort());
    });
  }
});

describe("zsh completes", () => {
  /** Types a line and a tab into a real zsh on a terminal, and gives the line as it then is. */
  async function completed(line: string): Promise<string> {
    const program = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'PS1=; unsetopt beep; setopt no_list_beep; autoload -Uz compinit; compinit -u -D'
      zpty -w shell 'source ${site.path("script.zsh")}'
      zpty -w shell 'tell() { print -r -- "<""<$BUFFER>>"; BUFFER= }; zle -N tell; bindkey "^G" tell; print "rea""dy"'
      zpty -r shell output '*ready*'
      zpty -w -n shell $'${line}\\t\\a'
      zpty -r shell output '*<<*>>*'
      print -r -- $output
      zpty -d shell`;
    return /<<([\s\S]*?)>>/.exec(await inShell("zsh", ["-f", "-c"], program))?.[1] ?? "";
  }
  for (const [line, offers] of cases) {
    const [only] = offers;
    if (offers.length !== 1 || only === undefined) continue;
    test(line, async (t) => {
      if (!needs(t, "zsh")) return;
      const whole = line.replace(/[^ =]*$/, "") + only;
      assert.ok(
        [whole, `${whole} `, `${whole}=`].includes(await completed(line)),
        `${line} became ${JSON.stringify(await completed(line))}`,
      );
    });
  }
});

function lines(output: string): readonly string[] {
  return output
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}
