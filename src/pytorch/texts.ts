/** Texts of a file, which anybody may have written, in Python: nothing of them is code. */

/** Control characters and what ends a line as blanks, for a comment. */
export const onOneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');

/** The same between quotes. */
export const quoted = (text: string): string => onOneLine(text).replace(/["\\]/g, '\\$&');
