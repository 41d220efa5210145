/**
 * Makes a name that a peer sent safe to be one name in one directory: never a path, never hidden, never a device, at
 * most 255 octets, on every system (RFC 6266 §4.3, RFC 7578 §4.2). What has nothing left becomes `fallback`.
 */
export function safeFileName(filename: string, fallback = "file"): string {
  const last = filename.slice(filename.search(/[^/\\]*$/));
  const clean = last.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029<>:"|?*]/gu, "").replace(/^[. ]+|[. ]+$/g, "");
  const short = cut(clean, NAME_OCTETS_MAX);
  return short === "" || WINDOWS_DEVICE.test(short) ? fallback : short;
}

/** Cuts between characters, and keeps a short extension. */
function cut(name: string, octetsMax: number): string {
  if (Buffer.byteLength(name) <= octetsMax) return name;
  const extension = /\.[A-Za-z0-9]{1,16}$/.exec(name)?.[0] ?? "";
  let stem = "";
  let room = octetsMax - extension.length;
  for (const character of name.slice(0, name.length - extension.length)) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    stem += character;
  }
  return stem + extension;
}

// 255 octets is what ext4, XFS, APFS and NTFS agree on.
const NAME_OCTETS_MAX = 255;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;
