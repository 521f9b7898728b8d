/** The fields that a person's decisions about an output are written to, beside the output itself. */

/** The choice that the output means, counted from 0. */
export const MAPPED_FIELD = 'mapped_answer';
/** `true`: the output has been read, and its findings are done with. */
export const REVIEWED_FIELD = 'reviewed';
