/** White space as Python's `str` and `\s` have it: JavaScript's `\s` with the separators 1c to 1f and 85, without U+FEFF. */
export const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';

/** Python's `\w`, for expressions with the flag `u`. */
export const WORD = '[\\p{L}\\p{N}_]';
