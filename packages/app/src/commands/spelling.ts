import type { CommandOption } from "@hawser/core";

/** An option's name as it is typed: `tlsCert` is `tls-cert`. */
export function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** An option as help and errors show it: `-p, --port <N>`. */
export function formatOption(name: string, { short, placeholder }: CommandOption): string {
  const letter = short === undefined ? "" : `-${short}, `;
  return `${letter}--${dashed(name)}${placeholder === undefined ? "" : ` <${placeholder}>`}`;
}
