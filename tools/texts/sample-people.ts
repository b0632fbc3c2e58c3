import { customerId, deviceId, subscriptionId, telegramId } from "../../domain/ids.ts";
import { asPaymentId, type PaymentId } from "../../domain/payments/payment.ts";
import type { Customer, Language } from "../../domain/people/customer.ts";

/** The customer of every sample. */
export const sampleId = telegramId(504_718_220);
/** The wallet that they pay from. */
export const sampleWallet = "UQB743vje-N743vje-N743vje-N743vje-N743vje-N749_d";
/** Their subscription. */
export const sampleSubscription = subscriptionId("01890000-0000-7000-8000-000000000002");
/** The one that they have bought beside it, where they have. */
export const secondSubscription = subscriptionId("01890000-0000-7000-8000-00000000000c");
/** Their customer's id. */
export const sampleCustomerId = customerId("01890000-0000-7000-8000-000000000001");
/** The administrator of every sample. */
export const sampleAdminId = telegramId(100_200_300);

/** Names as people of each language have them. */
export const names = {
  en: {
    customer: { firstName: "Emma", lastName: "Clarke", username: "emma_clarke" },
    admin: { firstName: "Daniel", lastName: "Reed", username: "daniel_reed" },
    shop: "Skylark VPN",
    phone: "iPhone",
    laptop: "Work laptop",
    host: "Amsterdam",
    question: "Hello! I paid yesterday, and the VPN still says that my time is up.",
    why: "Please ask your friend to invite you.",
    transfer: "VPN for Emma, one month",
    answer: "Hello, Emma. Your payment has just arrived: please try again.",
  },
  ru: {
    customer: { firstName: "Анна", lastName: "Смирнова", username: "anna_smirnova" },
    admin: { firstName: "Денис", lastName: "Орлов", username: "denis_orlov" },
    shop: "Стриж VPN",
    phone: "iPhone",
    laptop: "Рабочий ноутбук",
    host: "Амстердам",
    question: "Здравствуйте! Вчера оплатила, а бот пишет, что время вышло.",
    why: "Попросите друга пригласить вас.",
    transfer: "За ВПН, Анна, на месяц",
    answer: "Здравствуйте, Анна. Платёж только что пришёл, попробуйте ещё раз.",
  },
} as const satisfies Record<Language, object>;

/** A device of the sample customer. */
export const deviceIds = {
  phone: deviceId("01890000-0000-4000-8000-00000000000a"),
  laptop: deviceId("01890000-0000-4000-8000-00000000000b"),
} as const;

const paymentId = (end: string): PaymentId => asPaymentId(`7f3a91c${end}`)!;

/** The payments of the samples, by what became of them. */
export const paymentIds = {
  open: paymentId("2-5b1e-4f0a-9c33-0d2e8a7b6c51"),
  settled: paymentId("8-5b1e-4f0a-9c33-0d2e8a7b6c52"),
  refunded: paymentId("4-5b1e-4f0a-9c33-0d2e8a7b6c53"),
  lapsed: paymentId("6-5b1e-4f0a-9c33-0d2e8a7b6c54"),
} as const;

/** The customer as the product knows them. */
export function sampleCustomer(language: Language, changes: Partial<Customer> = {}): Customer {
  return {
    id: sampleCustomerId,
    telegramId: sampleId,
    ...names[language].customer,
    language,
    role: "customer",
    status: "active",
    rejectedAt: undefined,
    ...changes,
  };
}

/** The administrator as the product knows them. */
export function sampleAdmin(language: Language): Customer {
  const id = customerId("01890000-0000-7000-8000-000000000003");
  return sampleCustomer(language, {
    ...names[language].admin,
    id,
    telegramId: sampleAdminId,
    role: "admin",
  });
}

/** Somebody of the shop's people in another role. */
export const sampleStaff = (language: Language, role: "support" | "viewer"): Customer => ({
  ...sampleAdmin(language),
  role,
});

/** First and last name. */
export const fullName = (language: Language, who: "customer" | "admin"): string =>
  `${names[language][who].firstName} ${names[language][who].lastName}`;
