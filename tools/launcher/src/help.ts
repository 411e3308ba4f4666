/** What `npm start -- --help` prints. */
export const helpText = `npm start starts all of Tacet on this machine: two PostgreSQL, the five processes, a worker,
an account with $5 of credit and an API key. Everything listens on 127.0.0.1. Ctrl-C stops it.

Usage: npm start -- [OPTION...]

  --data DIR      where everything is kept (.tacet)
  --worker URL    use this OpenAI-compatible server instead of looking for one; may be repeated
  --model FILE    serve this GGUF file with the bundled engine
  --no-fetch      fetch nothing: without a worker or a cached model, the demo worker simulates one
  --reset         delete the data folder's content first, without asking
  --json          one line of JSON on standard output when ready, everything else on standard error
  --help          this

Without --worker and --model, the first of these that can be had is used: a server on this machine that has a
model (Ollama, LM Studio, llama.cpp, vLLM); the small model of an earlier start; that model, fetched once (98 MB);
the demo worker, a simulator.
`;
