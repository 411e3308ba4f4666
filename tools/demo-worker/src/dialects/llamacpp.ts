import { finishJson, objectName, openaiUsage, type Dialect } from './dialect.ts';

/** llama.cpp's server: the choices stand first, the end has `timings`, usage comes only at the end. */
export const llamacpp: Dialect = {
  idPrefix: { chat: 'chatcmpl-', text: 'chatcmpl-', messages: 'msg_', responses: 'resp_' },
  open: () => '{"choices":[',
  close: (head) => `],"created":${head.created},"id":"${head.id}","model":${head.modelJson},"system_fingerprint":"b6500-demo","object":"${objectName(head)}"`,
  choice: (index, delta, finish) => `{"finish_reason":${finishJson(finish)},${index}"delta":${delta}}`,
  textChoice: (index, escaped, finish) => `{"text":"${escaped}",${index}"logprobs":null,"finish_reason":${finishJson(finish)}}`,
  roleChoice: (index) => `{"finish_reason":null,${index}"delta":{"role":"assistant","content":null}}`,
  roleTail: '',
  delta: (kind, escaped) => (kind === 'content' ? `{"content":"${escaped}"}` : `{"reasoning_content":"${escaped}"}`),
  toolNameDelta: (index, id, nameJson) => `{"tool_calls":[{${index}"id":"${id}","type":"function","function":{"name":${nameJson},"arguments":""}}]}`,
  toolArgumentsDelta: (index, escaped) => `{"tool_calls":[{${index}"function":{"arguments":"${escaped}"}}]}`,
  endDelta: '{}',
  finishCarriesToken: false,
  idleUsage: () => '',
  usage: (counts) => openaiUsage(counts, 'always'),
  extra: ({ prompt, completion, cached }) => `,"timings":{"cache_n":${cached},"prompt_n":${prompt - cached},"prompt_ms":1.0,"predicted_n":${completion},"predicted_ms":1.0}`,
  wholeChoice: ({ index, content, reasoning, tool, finish }, route) => {
    if (route === 'text') return `{"text":"${content}","index":${index},"logprobs":null,"finish_reason":"${finish}"}`;
    const thought = reasoning === '' ? '' : `"reasoning_content":"${reasoning}",`;
    const calls = tool ? `,"tool_calls":[{"type":"function","function":{"name":${tool.nameJson},"arguments":"${tool.argumentsJson}"},"id":"${tool.id}"}]` : '';
    return `{"finish_reason":"${finish}","index":${index},"message":{"role":"assistant",${thought}"content":${tool ? 'null' : `"${content}"`}${calls}}}`;
  },
  error: (status, messageJson) => `{"error":{"code":${status},"message":${messageJson},"type":"${llamaErrorType(status)}"}}`,
  doneAfterError: false,
};

function llamaErrorType(status: number): string {
  switch (status) {
    case 400:
      return 'invalid_request_error';
    case 404:
      return 'not_found_error';
    case 503:
      return 'unavailable_error';
    default:
      return 'server_error';
  }
}
