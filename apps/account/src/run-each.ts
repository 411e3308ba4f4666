/** Runs work for each item, one after the other, whatever some of them throw; throws the first error at the end. */
export async function runEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure) throw failure.error;
}
