namespace Gateway.TestModels;

/// <summary>ChatML with a tool section in the Hermes form, which engines can parse tool calls from.</summary>
internal static class ChatTemplate
{
    public static readonly string Text =
        """
        {%- if tools %}
        {{- '<|im_start|>system\n' }}
        {%- if messages[0]['role'] == 'system' %}{{- messages[0]['content'] + '\n\n' }}{%- endif %}
        {{- '# Tools\n\nYou may call one or more functions.\n<tools>' }}
        {%- for tool in tools %}{{- '\n' }}{{- tool | tojson }}{%- endfor %}
        {{- '\n</tools>\n\nFor each function call return a json object with name and arguments.<|im_end|>\n' }}
        {%- elif messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
        {%- endif %}
        {%- for message in messages %}
        {%- if message.role == 'user' or (message.role == 'system' and not loop.first) or (message.role == 'assistant' and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
        {%- elif message.role == 'assistant' %}
        {{- '<|im_start|>' + message.role }}
        {%- if message.content %}{{- '\n' + message.content }}{%- endif %}
        {%- for tool_call in message.tool_calls %}
        {%- if tool_call.function is defined %}{%- set tool_call = tool_call.function %}{%- endif %}
        {{- '\n<tool_call>\n{"name": "' }}{{- tool_call.name }}{{- '", "arguments": ' }}
        {{- tool_call.arguments | tojson }}{{- '}\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
        {%- elif message.role == 'tool' %}
        {{- '<|im_start|>user\n<tool_response>\n' }}{{- message.content }}
        {{- '\n</tool_response><|im_end|>\n' }}
        {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}
        """.ReplaceLineEndings("");
}
