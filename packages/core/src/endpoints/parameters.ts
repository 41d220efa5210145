import { quote } from "../errors.ts";

/** How one value of an endpoint is read and written. `read` throws a `RangeError` that ends the sentence `port "x" …`. */
export interface EndpointParameter<Value> {
  read(text: string): Value;
  write(value: Value): string;
}

/** Text without control characters. */
export const endpointText: EndpointParameter<string> = {
  read(text) {
    if (text === "") throw new RangeError("is empty");
    if (/[\x00-\x1f\x7f]/.test(text)) throw new RangeError("holds a control character");
    return text;
  },
  write: (value) => value,
};

/** A whole number within bounds, in decimal. */
export function endpointNumber(min: number, max: number): EndpointParameter<number> {
  return {
    read(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= min && value <= max)) throw new RangeError(`is not a number from ${min} to ${max}`);
      return value;
    },
    write: String,
  };
}

/** A TCP or UDP port. */
export const endpointPort: EndpointParameter<number> = endpointNumber(0, 65_535);

/** A host name or a literal address; IPv6 stands in brackets. */
export const endpointHost: EndpointParameter<string> = {
  read(text) {
    const host = /^\[(.*)\]$/s.exec(text)?.[1] ?? text;
    if (!/^[\w.:%*-]+$/.test(host)) throw new RangeError("is not a host name or address");
    return host;
  },
  write: (value) => (value.includes(":") ? `[${value}]` : value),
};

/** Permission bits, in octal as people write them: `660`. */
export const endpointFileMode: EndpointParameter<number> = {
  read(text) {
    if (!/^[0-7]{3,4}$/.test(text)) throw new RangeError("is not an octal mode such as 660");
    return Number.parseInt(text, 8);
  },
  write: (value) => value.toString(8).padStart(3, "0"),
};

/** `yes` or `no`. */
export const endpointFlag: EndpointParameter<boolean> = {
  read(text) {
    if (!/^(yes|no|true|false)$/.test(text)) throw new RangeError('is not "yes" or "no"');
    return text === "yes" || text === "true";
  },
  write: (value) => (value ? "yes" : "no"),
};

/** Several values with commas between them. */
export const endpointList: EndpointParameter<readonly string[]> = {
  read: (text) => text.split(",").map((part) => endpointText.read(part)),
  write(values) {
    for (const value of values)
      if (value.includes(",")) throw new TypeError(`Cannot write an endpoint with ${quote(value)}: it holds a comma`);
    return values.join(",");
  },
};

/** One of a few words. */
export function endpointWord<Word extends string>(...words: readonly Word[]): EndpointParameter<Word> {
  return {
    read(text) {
      const word = words.find((known) => known === text);
      if (word === undefined) throw new RangeError(`is not one of ${words.join(", ")}`);
      return word;
    },
    write: (value) => value,
  };
}
