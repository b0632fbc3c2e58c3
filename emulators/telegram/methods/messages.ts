import * as z from "zod";
import { documentOf, type FileKind, photoSizes, recordingOf, type StoredFile } from "../files.ts";
import { type Call, flag, json, read, words } from "../params.ts";
import { requirePlace, requireReachable } from "../reachable.ts";
import { badRequest } from "../refusal.ts";
import type { State } from "../state.ts";
import type { Methods } from "./method.ts";
import { asText, readCaption, readText, send } from "./send.ts";

const preview = z.object({
  link_preview_options: json(
    z.looseObject({}),
    "can't parse link preview options JSON object",
  ).optional(),
  disable_web_page_preview: flag.optional(),
});
const action = z.object({ action: words.optional() });
const actions = new Set([
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
]);

/** Methods that send messages, pictures, files and chat actions. */
export const messages: Methods = {
  sendMessage: (state, call) => {
    const text = asText(readText(call));
    const { link_preview_options, disable_web_page_preview } = read(preview, call);
    const shown = link_preview_options ?? (disable_web_page_preview && { is_disabled: true });
    return send(state, call, { ...text, ...(shown && { link_preview_options: shown }) });
  },

  sendPhoto: (state, call) => {
    const caption = readCaption(call);
    requirePlace(state, call);
    return send(state, call, { photo: photoSizes(readFile(state, call, "photo")), ...caption });
  },

  sendDocument: (state, call) => {
    const caption = readCaption(call);
    requirePlace(state, call);
    return send(state, call, {
      document: documentOf(readFile(state, call, "document")),
      ...caption,
    });
  },

  sendVoice: (state, call) => {
    const caption = readCaption(call);
    requirePlace(state, call);
    return send(state, call, { voice: recordingOf(readFile(state, call, "voice")), ...caption });
  },

  sendVideo: (state, call) => {
    const caption = readCaption(call);
    requirePlace(state, call);
    return send(state, call, { video: recordingOf(readFile(state, call, "video")), ...caption });
  },

  sendChatAction: (state, call) => {
    const { action: doing = "" } = read(action, call);
    if (!actions.has(doing)) throw badRequest("wrong parameter action in request");
    state.chats.events.publish(requireReachable(state, call).id, "typing", { action: doing });
    return true;
  },
};

/**
 * A new upload under the field's own name or `attach://`, or a file sent before.
 * Nothing is downloaded.
 */
function readFile(state: State, call: Call, kind: FileKind): StoredFile {
  const { [kind]: named } = read(z.object({ [kind]: words.optional() }), call);
  const attached = /^attach:\/\/(.+)$/u.exec(named ?? "")?.[1];
  const upload = call.uploads.get(attached ?? kind);
  if (upload) return state.files.add(kind, upload);
  if (named === undefined) throw badRequest(`there is no ${kind} in the request`);
  if (/^https?:/iu.test(named)) throw badRequest("failed to get HTTP URL content");
  const file = state.files.find(named);
  if (file === undefined) throw badRequest("wrong file identifier/HTTP URL specified");
  if (file.kind !== kind) {
    throw badRequest(`can't use file of type ${titles[file.kind]} as ${titles[kind]}`);
  }
  return file;
}

const titles = {
  photo: "Photo",
  document: "Document",
  voice: "VoiceNote",
  video: "Video",
} as const;
