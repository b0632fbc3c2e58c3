import { subscriptionButtons, type ButtonKind } from "../domain/messaging/subscription-buttons.ts";
import {
  addOnButton,
  connectButton,
  deviceRequestButtons,
  devicesButton,
  plansButton,
  renewalButton,
} from "../domain/messaging/buttons.ts";
import {
  actButtons,
  addAtButton,
  addDeviceButton,
  agreeButton,
  askDaysButton,
  beginButton,
  buyButton,
  changeRenewalButton,
  chooseBeginButton,
  chooseRenewalButton,
  connectKeyButton,
  extendButton,
  openDeviceButton,
  payAddOnButton,
  pickButton,
  planButton,
  platformButton,
  renameDeviceButton,
  sureEndButton,
  sureExtendButton,
  sureReissueButton,
  sureRevokeButton,
  troubleButton,
  usageButton,
  usageChartButton,
  whereDeviceButton,
  worksButton,
} from "./buttons.ts";

/** The buttons with which a customer buys a plan: they may extend a subscription, or begin one. */
export const buyingButtons: readonly ButtonKind[] = [
  plansButton,
  planButton,
  buyButton,
  chooseBeginButton,
  beginButton,
];

/** The buttons about one device, which says whose subscription it is. */
export const deviceButtons: readonly ButtonKind[] = [
  ...Object.values(deviceRequestButtons),
  openDeviceButton,
  pickButton,
  renameDeviceButton,
  sureReissueButton,
  sureRevokeButton,
  whereDeviceButton,
];

/** The other buttons that need to know a customer's subscription. */
const otherButtons: readonly ButtonKind[] = [
  connectButton,
  connectKeyButton,
  addOnButton,
  payAddOnButton,
  devicesButton,
  addAtButton,
  addDeviceButton,
  usageButton,
  usageChartButton,
  renewalButton,
  chooseRenewalButton,
  agreeButton,
  changeRenewalButton,
];

/** The buttons that need to know one of a customer's subscriptions: who has several is asked. */
export const askingButtons: readonly ButtonKind[] = [
  ...buyingButtons,
  ...deviceButtons,
  ...otherButtons,
];

/** Every kind of button that names a subscription, so that the next page is about the same one. */
export const namingButtons: readonly ButtonKind[] = [
  ...subscriptionButtons,
  ...askingButtons,
  platformButton,
  worksButton,
  troubleButton,
  sureExtendButton,
  askDaysButton,
  extendButton,
  sureEndButton,
  actButtons.revoke,
];
