/** What bounds everything that is read from a configuration or a tap file. */
export const configurationLimits = {
  /** The whole text. A thousand services with a hundred long options each are below 1 MiB. */
  octetsMax: 4_194_304,
  /** What people write by hand, in TOML or YAML: five thousand lines. Their readers are made for no more than that. */
  handwrittenOctetsMax: 262_144,
  /** Lists and objects inside each other: the deepest that means anything is below ten. */
  depthMax: 64,
  /** Values in all, counted again wherever a YAML alias stands for them. */
  valuesMax: 200_000,
  servicesMax: 1_000,
  /** A secret: a key of 16,384 bits in PEM is below 16 KiB. */
  secretOctetsMax: 65_536,
  /** Problems that are told of one configuration. */
  problemsMax: 100,
} as const;
