/** What customers read where they add to their plan. */
export const addOn = {
  /** The names of such payments. */
  trafficName: (amount: string) => `${amount} of traffic`,
  deviceName: (until?: string) => `One more device${until === undefined ? "" : ` until ${until}`}`,
  trafficPage: (amount: string, ends?: string) =>
    `📊 <b>${amount} more</b>\nYou can use it as soon as you have paid, and your keys stay the same. ${ends ? `What you do not use by ${ends} ends then.` : "What you do not use stays when you extend."}`,
  devicePage: (until: string) =>
    `📱 <b>One more device</b>\nIt works until <b>${until}</b>, when your access ends now. If you extend your access, this device is not extended with it: we will write to you a day before.`,
  trafficNow: (used: string, limit: string) => `Now: ${used} of ${limit} used.`,
  off: "This is not on sale right now. You can still choose another plan.",
  trafficPaid: (amount: string) =>
    `✅ <b>Paid. You have ${amount} more.</b> If your VPN was paused, it works again. Your keys stay the same.`,
  devicePaid: (until: string) =>
    `✅ <b>Paid. You can add one more device until ${until}.</b> Open Devices to add it.`,
  trafficLow: (left: string, until: string, again?: string) =>
    `📊 <b>Only ${left} of traffic left.</b> Your access runs until ${until}. When the traffic is used up, the VPN pauses${again ? ` until ${again}: then you have your plan's traffic again` : ""}.`,
  deviceEndsSoon: (until: string, canBuy: boolean) =>
    `📱 <b>Your extra device works until ${until}.</b> After that, one of your devices is off. ${canBuy ? "Buy the place again, or choose" : "Choose"} in Devices which to use.`,
  deviceEnded: (canBuy: boolean) =>
    `📱 <b>The time of your extra device is over.</b> One of your devices is off, and nothing is deleted. ${canBuy ? "Buy the place again, or choose" : "Choose"} in Devices which to use: the keys stay the same.`,
  deviceTaken:
    "The extra device is taken back, so one of your devices may be off: Devices shows which.",
  trafficTaken: "What was left of its traffic is gone.",
  extraUntil: (until: string) => `➕ One more device until ${until}`,
};
