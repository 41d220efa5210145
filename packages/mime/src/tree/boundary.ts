/** Whether a line is a multipart's delimiter, or the one that closes it; white space may follow (RFC 2046 §5.1.1). */
export function boundaryIn(line: string, boundary: string): "close" | "delimiter" | undefined {
  if (!line.startsWith(boundary, 2)) return undefined;
  const rest = line.slice(2 + boundary.length).trimEnd();
  if (rest === "") return "delimiter";
  return rest === "--" ? "close" : undefined;
}
