/** Whether a serial comes after another in the arithmetic that goes round (RFC 1982 §3.2). */
export function isSerialAfter(serial: number, other: number): boolean {
  const ahead = (serial - other) >>> 0;
  return ahead > 0 && ahead < 0x8000_0000;
}

/** The next serial; never 0, which some take for none. */
export function nextSerial(serial: number): number {
  return serial === 0xffff_ffff ? 1 : serial + 1;
}

/** The serial in the data of a SOA. */
export function soaSerial(data: Uint8Array): number {
  return soaView(data).getUint32(data.length - 20);
}

/** The data of a SOA with another serial. */
export function withSerial(data: Uint8Array, serial: number): Uint8Array {
  const copy = data.slice();
  soaView(copy).setUint32(copy.length - 20, serial);
  return copy;
}

/** Five numbers end the data of a SOA (RFC 1035 §3.3.13). */
function soaView(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.length);
}
