/** Bound of a generated answer in tokens, when nobody says otherwise. Part of every stored prediction's key. */
export const DEFAULT_MAX_NEW_TOKENS = 256;
