/** A model that a worker offers. */
export interface ServedModel {
  readonly id: string;
  /** Prompt and answer together; undefined where the worker does not tell. */
  readonly contextTokens: number | undefined;
  /** Who the worker says it is owned by; engines write their name there. */
  readonly ownedBy: string | undefined;
}

/** Models that answer no chat, by the names that they usually have. */
const otherwise = /embed|rerank|whisper|tts|bge-|clip|nomic/i;

/** The model that the printed `curl` asks: the first that looks as if it can chat, else the first. */
export function pickChatModel(models: readonly ServedModel[]): string {
  const chosen = models.find(({ id }) => !otherwise.test(id)) ?? models[0];
  if (chosen === undefined) throw new Error('a worker without a model was chosen');
  return chosen.id;
}
