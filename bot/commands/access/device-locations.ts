import type { Composer } from "telegraf";
import { anyPlace } from "../../../domain/access/location.ts";
import type { LocationId } from "../../../domain/ids.ts";
import { addAtButton, pickButton, whereDeviceButton } from "../../buttons.ts";
import type { BotContext, DialoguePorts } from "../../context.ts";
import { orUnavailable } from "../../or-unavailable.ts";
import { answerPress, inPressed, show } from "../../request.ts";
import { showHome } from "../people/home.ts";
import { onButton } from "../register.ts";
import { addAndShow, findSubscription, request, withDevice } from "./devices.ts";
import { listOffers, wherePage } from "./location-choice.ts";

type Place = NonNullable<ReturnType<typeof pickButton.read>>["place"];

/** The locations that customers pick for their devices. */
export function addDeviceLocations(bot: Composer<BotContext>, ports: DialoguePorts): void {
  onButton(bot, whereDeviceButton, "device-where", (context, { id }) =>
    withDevice(context, ports, id, async (device, { subscription }) => {
      const offers = await listOffers(ports, subscription.id);
      answerPress(context);
      const page = wherePage(context, device, offers);
      await show(context, page.text, page.buttons);
    }),
  );
  onButton(bot, pickButton, "device-pick", async (context, { id, place }) => {
    const ref = await findSubscription(context, ports);
    if (ref === undefined) return showHome(context, ports);
    const picked = await findPlace(ports, place);
    if (picked === undefined) return refuse(context);
    // Pressed again later, it is another request: the update names it.
    const requestId = `pick-${context.update.update_id}`;
    const command = { kind: "pick", requestId, deviceId: id, ...inPressed(context) } as const;
    return request(context, ports, ref, { ...command, ...picked });
  });
  onButton(bot, addAtButton, "device-add-at", async (context, { place, platform }) => {
    const picked = await findPlace(ports, place);
    if (picked === undefined) return refuse(context);
    return addAndShow(context, ports, { platform, ...picked });
  });
}

const refuse = (context: BotContext): void =>
  answerPress(context, context.texts.access.location.notOffered, true);

/** Without a pick it is any; undefined: there is no such location any more. */
async function findPlace(
  { locations }: DialoguePorts,
  place: Place,
): Promise<{ readonly pick?: LocationId } | undefined> {
  if (place === anyPlace) return {};
  const found = await orUnavailable(locations.find(place));
  return found && { pick: found.id };
}
