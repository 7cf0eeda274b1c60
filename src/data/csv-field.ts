/** A field of delimited text, quoted as RFC 4180 says where it has to be. */
export function csvField(text: string, delimiter = ','): string {
  return /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text
}
