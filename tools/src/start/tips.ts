/** What to try on the welcome site, as it is served at `url`. */
export function tips(url: string): string {
  const commands = [
    [`curl -i ${url}`, "the page"],
    [`curl -r 0-99 ${url}style.css`, "part of a file"],
    [`curl -H 'Accept: application/json' ${url}files/`, "a folder"],
    [`curl -d knot=bowline ${url}cgi/hello.sh`, "a CGI script"],
  ] as const;
  const width = Math.max(...commands.map(([command]) => command.length)) + 2;
  const lines = commands.map(([command, what]) => `  ${command.padEnd(width)}${what}`);
  return ["", "Open it in a browser, or try in another terminal:", "", ...lines, "", "Ctrl-C ends it.", ""].join("\n");
}
