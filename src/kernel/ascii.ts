/**
 * A text with its ASCII letters in capitals, and all others as they are. For names that are matched without case:
 * `toUpperCase` makes `ſ` an S, `ı` an I and `ß` SS, so that names which nobody has given would match.
 */
export function asciiUpperCase(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
