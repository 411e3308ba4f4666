"""Steps of the Python clients. Reads `[step, url, key, model]` as JSON, a line each, and answers each with a line of JSON, after a first one that says `"ready"`."""

import json
import sys

import anthropic
import openai
from pydantic import BaseModel

SPOKEN = "Grüße, 世界! 🦊 said the fox."
messages = [{"role": "user", "content": SPOKEN}]
parameters = {"type": "object", "properties": {"city": {"type": "string"}}}


class Animal(BaseModel):
    animal: str
    legs: int


def openai_plain(open_ai, model):
    answer = open_ai.chat.completions.create(model=model, messages=messages)
    return {"text": answer.choices[0].message.content, "counted": answer.usage.completion_tokens > 0}


def openai_stream(open_ai, model):
    text, counts = "", []
    for chunk in open_ai.chat.completions.create(model=model, messages=messages, stream=True, stream_options={"include_usage": True}):
        text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        if chunk.usage:
            counts.append(chunk.usage.completion_tokens)
    return {"text": text, "counted": len(counts) == 1 and counts[0] > 0}


def openai_helper(open_ai, model):
    with open_ai.chat.completions.stream(model=model, messages=messages) as stream:
        for _ in stream:
            pass
        answer = stream.get_final_completion()
    return {"text": answer.choices[0].message.content, "role": answer.choices[0].message.role}


def openai_tools(open_ai, model):
    tools = [{"type": "function", "function": {"name": "get_weather", "parameters": parameters}}]
    call = open_ai.chat.completions.create(model=model, messages=messages, tools=tools).choices[0].message.tool_calls[0]
    return {"name": call.function.name, "given": isinstance(json.loads(call.function.arguments), dict)}


def openai_structured(open_ai, model):
    asked = [{"role": "user", "content": '{"animal":"fox","legs":4}'}]
    return open_ai.chat.completions.parse(model=model, messages=asked, response_format=Animal).choices[0].message.parsed.model_dump()


def openai_abort(open_ai, model):
    stream = open_ai.chat.completions.create(model=model, messages=messages, max_tokens=10000, stream=True)
    for _, chunk in zip(range(3), stream):
        pass
    stream.close()
    return {"closed": True}


def openai_responses(open_ai, model):
    with open_ai.responses.stream(model=model, input=SPOKEN) as stream:
        for _ in stream:
            pass
        return {"text": stream.get_final_response().output_text}


def openai_embeddings(open_ai, model):
    return {"vectors": len(open_ai.embeddings.create(model=model, input=["one", "two"]).data)}


def anthropic_plain(claude, model):
    answer = claude.messages.create(model=model, max_tokens=200, messages=messages)
    return {"text": answer.content[0].text, "counted": answer.usage.output_tokens > 0}


def anthropic_stream(claude, model):
    with claude.messages.stream(model=model, max_tokens=200, messages=messages) as stream:
        text = "".join(stream.text_stream)
        return {"text": text, "stop": stream.get_final_message().stop_reason}


def anthropic_tools(claude, model):
    tools = [{"name": "get_weather", "input_schema": parameters}]
    with claude.messages.stream(model=model, max_tokens=200, messages=messages, tools=tools) as stream:
        call = stream.get_final_message().content[0]
    return {"name": call.name, "given": isinstance(call.input, dict)}


def anthropic_abort(claude, model):
    with claude.messages.stream(model=model, max_tokens=10000, messages=messages) as stream:
        for _, text in zip(range(3), stream.text_stream):
            pass
    return {"closed": True}


def run(step, url, key, model):
    if step.startswith("openai"):
        client = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
    else:
        client = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0)
    try:
        return globals()[step](client, model)
    except (openai.APIError, anthropic.APIError) as error:
        return {"error": type(error).__name__, "status": getattr(error, "status_code", None)}


print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    print(json.dumps(run(*json.loads(line))), flush=True)
