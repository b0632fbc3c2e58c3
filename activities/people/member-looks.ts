import { reportUnreadable } from "../../db/people/unreadable-channels.ts";
import type { EntityManager } from "../../db/orm.ts";
import type { TelegramId } from "../../domain/ids.ts";
import type { RequiredChannel } from "../../domain/people/channels.ts";
import type { Instant } from "../../domain/time.ts";
import type { Memberships } from "../../gateways/messenger/port.ts";
import { Refused } from "../../gateways/refused.ts";
import { retriedInTime } from "../failure.ts";

/** What looks at members are made through. */
export interface LookPorts {
  readonly em: EntityManager;
  readonly members: Pick<Memberships, "findMembership">;
}

/**
 * Asks Telegram who is in which channel. A channel that Telegram does not show keeps nobody out: the
 * admins are notified of it instead, once by this object and once a day.
 */
export class MemberLooks {
  readonly #ports: LookPorts;
  readonly #now: Instant;
  readonly #reported = new Set<string>();

  constructor(ports: LookPorts, now: Instant) {
    this.#ports = ports;
    this.#now = now;
  }

  /**
   * The channels that a person is not in.
   * @throws Error on an outage; a step that Telegram asks to wait is retried after that time.
   */
  async findMissing(
    channels: readonly RequiredChannel[],
    person: TelegramId,
  ): Promise<readonly RequiredChannel[]> {
    const looks = channels.map(async (channel) => ({
      channel,
      isMissing: await this.#isMissing(channel, person),
    }));
    return (await Promise.all(looks)).filter(({ isMissing }) => isMissing).map(channelOf);
  }

  async #isMissing(channel: RequiredChannel, person: TelegramId): Promise<boolean> {
    try {
      const { members } = this.#ports;
      return (await members.findMembership(channel.chat, person)) === "absent";
    } catch (error) {
      if (!(error instanceof Refused)) throw retriedInTime(error);
      await this.#report(channel, error.message);
      return false;
    }
  }

  async #report(channel: RequiredChannel, reason: string): Promise<void> {
    if (this.#reported.has(channel.chat)) return;
    this.#reported.add(channel.chat);
    await reportUnreadable(this.#ports.em, channel, { reason, now: this.#now });
  }
}

const channelOf = ({ channel }: { readonly channel: RequiredChannel }) => channel;
