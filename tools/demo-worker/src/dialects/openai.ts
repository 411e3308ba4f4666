import { finishJson, objectName, openaiUsage, type Dialect } from './dialect.ts';

/** OpenAI's own API: `usage: null` on every chunk but the last when usage was asked for. */
export const openai: Dialect = {
  idPrefix: { chat: 'chatcmpl-', text: 'cmpl-', messages: 'msg_', responses: 'resp_' },
  open: (head) =>
    `{"id":"${head.id}","object":"${objectName(head)}","created":${head.created},"model":${head.modelJson},"service_tier":"default","system_fingerprint":"fp_demo","choices":[`,
  close: () => ']',
  choice: (index, delta, finish) => `{${index}"delta":${delta},"logprobs":null,"finish_reason":${finishJson(finish)}}`,
  textChoice: (index, escaped, finish) => `{"text":"${escaped}",${index}"logprobs":null,"finish_reason":${finishJson(finish)}}`,
  roleChoice: (index) => `{${index}"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}`,
  roleTail: '',
  delta: (kind, escaped) => (kind === 'content' ? `{"content":"${escaped}"}` : `{"reasoning_content":"${escaped}"}`),
  toolNameDelta: (index, id, nameJson) => `{"tool_calls":[{${index}"id":"call_${id}","type":"function","function":{"name":${nameJson},"arguments":""}}]}`,
  toolArgumentsDelta: (index, escaped) => `{"tool_calls":[{${index}"function":{"arguments":"${escaped}"}}]}`,
  endDelta: '{}',
  finishCarriesToken: false,
  idleUsage: (includeUsage) => (includeUsage ? ',"usage":null' : ''),
  usage: (counts) => openaiUsage(counts, 'always'),
  extra: () => '',
  wholeChoice: ({ index, content, reasoning, tool, finish }, route) => {
    if (route === 'text') return `{"text":"${content}","index":${index},"logprobs":null,"finish_reason":"${finish}"}`;
    const thought = reasoning === '' ? '' : `,"reasoning_content":"${reasoning}"`;
    const calls = tool ? `,"tool_calls":[{"id":"call_${tool.id}","type":"function","function":{"name":${tool.nameJson},"arguments":"${tool.argumentsJson}"}}]` : '';
    return `{"index":${index},"message":{"role":"assistant","content":${tool ? 'null' : `"${content}"`}${calls}${thought},"refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"${finish}"}`;
  },
  error: (status, messageJson, paramJson) => `{"error":{"message":${messageJson},"type":"${status < 500 ? 'invalid_request_error' : 'server_error'}","param":${paramJson},"code":null}}`,
  doneAfterError: false,
};
