import type { RemoteChoice, RemoteChunk, RemoteCompletion, RemoteDelta } from "../wire.ts";
import { wordsOf } from "./_words.ts";

/** A whole answer as the events of a stream: token by token, calls in two pieces. */
export function chunksOf(completion: RemoteCompletion, includeUsage: boolean): RemoteChunk[] {
  const { id, created, model, choices, usage } = completion;
  const chunk = (choices: RemoteChunk["choices"]): RemoteChunk => (
    { id, object: "chat.completion.chunk", created, model, choices, ...(includeUsage && { usage: null }) }
  );
  return [
    ...choices.flatMap((choice) =>
      deltasOf(choice).map(({ delta, place }, order, all) =>
        chunk([{
          index: choice.index,
          delta,
          logprobs: place !== undefined && choice.logprobs?.content?.[place]
            ? { content: [choice.logprobs.content[place]] }
            : null,
          finish_reason: order === all.length - 1 ? choice.finish_reason : null,
        }])
      )
    ),
    ...(includeUsage ? [{ ...chunk([]), usage }] : []),
  ];
}

/** `place` is the token that a piece of text is. */
function deltasOf({ message }: RemoteChoice): { readonly delta: RemoteDelta; readonly place?: number }[] {
  const pieces = wordsOf(message.content ?? "").map((content, place) => ({ delta: { content }, place }));
  const calls = (message.tool_calls ?? []).flatMap(({ id, type, function: { name, arguments: written } }, index) => [
    { delta: { tool_calls: [{ index, id, type, function: { name, arguments: "" } }] } },
    { delta: { tool_calls: [{ index, function: { arguments: written } }] } },
  ]);
  return [{ delta: { role: "assistant", content: message.content === null ? null : "" } }, ...pieces, ...calls, {
    delta: {},
  }];
}
