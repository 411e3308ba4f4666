/** Bytes of a request body; over it the answer is 413. */
export const bodyBytesMax = 4 * 1024 * 1024;
/** Tokens of a prompt and its answer together, where the model allows as many. More would cost memory at once. */
export const contextTokensDefault = 4_096;
/** Requests that wait while another is answered; over it the answer is 429. */
export const queueLengthDefault = 8;
/** Tokens of a prompt that are read in one step; an abort waits for one step at most. */
export const prefillStepTokens = 64;
/** `stop` strings of a request, and characters of each. */
export const stopsMax = 4;
export const stopCharactersMax = 256;
/** Time that a reader who does not read may hold the model, in milliseconds. */
export const readerStallMs = 60_000;
/** Tokens that can make one character, so that half characters are held back no longer. */
export const tokensPerCharacterMax = 8;
