import { errorType, finishJson, objectName, openaiUsage, type Dialect } from './dialect.ts';

const toolIndex = 0;

/** SGLang (`entrypoints/openai/serving_chat.py`): every delta has all fields, the finish reason has a chunk of its own. */
export const sglang: Dialect = {
  idPrefix: { chat: '', text: '', messages: 'msg_', responses: 'resp_' },
  open: (head) => `{"id":"${head.id}","object":"${objectName(head)}","created":${head.created},"model":${head.modelJson},"choices":[`,
  close: () => ']',
  choice: (index, delta, finish) =>
    `{${index}"delta":${delta},"logprobs":null,"finish_reason":${finishJson(finish)},"matched_stop":${finish === 'stop' ? 2 : 'null'}}`,
  textChoice: (index, escaped, finish) => `{${index}"text":"${escaped}","logprobs":null,"finish_reason":${finishJson(finish)},"matched_stop":null}`,
  roleChoice: (index) => `{${index}"delta":{"role":"assistant","content":"","reasoning_content":null,"tool_calls":null},"logprobs":null,"finish_reason":null,"matched_stop":null}`,
  roleTail: '',
  delta: (kind, escaped) =>
    kind === 'content'
      ? `{"role":null,"content":"${escaped}","reasoning_content":null,"tool_calls":null}`
      : `{"role":null,"content":null,"reasoning_content":"${escaped}","tool_calls":null}`,
  toolNameDelta: (index, id, nameJson) =>
    `{"role":null,"content":null,"reasoning_content":null,"tool_calls":[{"id":"call_${id}",${index}"type":"function","function":{"name":${nameJson},"arguments":""}}]}`,
  toolArgumentsDelta: (index, escaped) =>
    `{"role":null,"content":null,"reasoning_content":null,"tool_calls":[{"id":null,${index}"type":"function","function":{"name":null,"arguments":"${escaped}"}}]}`,
  endDelta: '{"role":null,"content":null,"reasoning_content":null,"tool_calls":null}',
  finishCarriesToken: false,
  idleUsage: () => ',"usage":null',
  usage: (counts, final) => openaiUsage(final ? counts : { ...counts, cached: 0 }, 'if-cached'),
  extra: () => '',
  wholeChoice: ({ index, content, reasoning, tool, finish }, route) => {
    const end = `"logprobs":null,"finish_reason":"${finish}","matched_stop":${finish === 'stop' ? 2 : 'null'}`;
    if (route === 'text') return `{"index":${index},"text":"${content}",${end}}`;
    const calls = tool ? `[{"id":"call_${tool.id}","index":${toolIndex},"type":"function","function":{"name":${tool.nameJson},"arguments":"${tool.argumentsJson}"}}]` : 'null';
    return `{"index":${index},"message":{"role":"assistant","content":${tool ? 'null' : `"${content}"`},"reasoning_content":${reasoning === '' ? 'null' : `"${reasoning}"`},"tool_calls":${calls}},${end}}`;
  },
  error: (status, messageJson, paramJson) => `{"object":"error","message":${messageJson},"type":"${errorType(status)}","param":${paramJson},"code":${status}}`,
  doneAfterError: true,
};
