import type { CommandData } from "@hawser/core";

/**
 * Stands for a text that must not be in a configuration: it is read when the service starts, never printed, and never
 * written into a tap file.
 */
export interface SecretReference {
  readonly secret: SecretSource;
}

/** Where a secret is: in a file, in the environment, or among the credentials that systemd gives a unit. */
export type SecretSource =
  | { readonly file: string; readonly env?: never; readonly credential?: never }
  | { readonly env: string; readonly file?: never; readonly credential?: never }
  | { readonly credential: string; readonly file?: never; readonly env?: never };

/** Tells a secret from other data. Never true of something that only resembles one. */
export function isSecretReference(data: unknown): data is SecretReference & { readonly [key: string]: CommandData } {
  const source = soleMember(data, "secret");
  return secretPlaces.some((place) => typeof soleMember(source, place) === "string");
}

/** Says where a secret is, for people: `the file "/run/key"`. */
export function secretPlace({ secret }: SecretReference): string {
  if (secret.file !== undefined) return `the file ${JSON.stringify(secret.file)}`;
  if (secret.env !== undefined) return `the environment variable ${secret.env}`;
  return `the credential ${JSON.stringify(secret.credential)}`;
}

/** The value of an object that has this one member and no other. */
function soleMember(data: unknown, name: string): unknown {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  const members = Object.entries(data);
  return members.length === 1 && members[0]![0] === name ? members[0]![1] : undefined;
}

const secretPlaces = ["file", "env", "credential"] as const;
