import { errorType, finishJson, objectName, type Dialect } from './dialect.ts';

/** vLLM 0.11 (`entrypoints/openai/serving_chat.py`): the order and the nulls of its pydantic models. */
export const vllm: Dialect = {
  idPrefix: { chat: 'chatcmpl-', text: 'cmpl-', messages: 'msg_', responses: 'resp_' },
  open: (head) => `{"id":"${head.id}","object":"${objectName(head)}","created":${head.created},"model":${head.modelJson},"choices":[`,
  close: () => ']',
  choice: (index, delta, finish) =>
    `{${index}"delta":${delta},"logprobs":null,"finish_reason":${finishJson(finish)}${finish === null ? '' : ',"stop_reason":null'},"token_ids":null}`,
  textChoice: (index, escaped, finish) =>
    `{${index}"text":"${escaped}","logprobs":null,"finish_reason":${finishJson(finish)},"stop_reason":null,"prompt_token_ids":null,"token_ids":null}`,
  roleChoice: (index) => `{${index}"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}`,
  roleTail: ',"prompt_token_ids":null',
  delta: (kind, escaped) => (kind === 'content' ? `{"content":"${escaped}"}` : `{"reasoning_content":"${escaped}"}`),
  toolNameDelta: (index, id, nameJson) => `{"tool_calls":[{"id":"chatcmpl-tool-${id}","type":"function",${index}"function":{"name":${nameJson}}}]}`,
  toolArgumentsDelta: (index, escaped) => `{"tool_calls":[{${index}"function":{"arguments":"${escaped}"}}]}`,
  endDelta: '{"content":""}',
  finishCarriesToken: true,
  idleUsage: () => '',
  // Cached tokens are told once, at the end.
  usage: ({ prompt, completion, total, cached }, final) =>
    `{"prompt_tokens":${prompt},"total_tokens":${total},"completion_tokens":${completion}${final && cached > 0 ? `,"prompt_tokens_details":{"cached_tokens":${cached}}` : ''}}`,
  extra: () => '',
  wholeChoice: ({ index, content, reasoning, tool, finish }, route) => {
    const end = `"logprobs":null,"finish_reason":"${finish}","stop_reason":null,"token_ids":null`;
    if (route === 'text') return `{"index":${index},"text":"${content}",${end},"prompt_logprobs":null,"prompt_token_ids":null}`;
    const calls = tool ? `{"id":"chatcmpl-tool-${tool.id}","type":"function","function":{"name":${tool.nameJson},"arguments":"${tool.argumentsJson}"}}` : '';
    return `{"index":${index},"message":{"role":"assistant","content":${tool ? 'null' : `"${content}"`},"refusal":null,"annotations":null,"audio":null,"function_call":null,"tool_calls":[${calls}],"reasoning_content":${reasoning === '' ? 'null' : `"${reasoning}"`}},${end}}`;
  },
  error: (status, messageJson, paramJson) => `{"error":{"message":${messageJson},"type":"${errorType(status)}","param":${paramJson},"code":${status}}}`,
  doneAfterError: true,
};
