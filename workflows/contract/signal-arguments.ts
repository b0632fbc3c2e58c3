import type { DeviceRequest } from "../../domain/access/subscription.ts";
import type { TelegramId } from "../../domain/ids.ts";
import type { AdminAnswered, CustomerWrote, TicketClosing } from "../../domain/messaging/ticket.ts";
import type { GatewayEvent, InvoiceRequest } from "../../domain/payments/payment.ts";
import type { DecisionMade } from "../../domain/people/approval.ts";
import type { JoinPress, MemberReturn } from "../../domain/people/channels.ts";
import type { Profile } from "../../domain/people/customer.ts";
import type { ApprovalAnswer, CaptchaAnswer, StartPress } from "./people.ts";

/** What each signal carries, by its name: sender and handler share this type. */
export interface SignalArguments {
  readonly opened: [StartPress];
  readonly profileSeen: [Profile];
  readonly captchaAnswered: [CaptchaAnswer];
  readonly channelsJoined: [JoinPress];
  readonly memberReturned: [MemberReturn];
  readonly approvalAnswered: [ApprovalAnswer];
  readonly decided: [DecisionMade];
  readonly adminArrived: [TelegramId];
  readonly deviceRequested: [DeviceRequest];
  readonly booksChanged: [];
  readonly gatewayReported: [readonly GatewayEvent[]];
  readonly cancelled: [];
  readonly invoiceRequested: [InvoiceRequest];
  readonly customerWrote: [CustomerWrote];
  readonly adminAnswered: [AdminAnswered];
  readonly ticketClosed: [TicketClosing];
  readonly checkNow: [];
  readonly pause: [];
  readonly resume: [];
  readonly approveRemovals: [];
}
