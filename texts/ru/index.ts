import type { Texts } from "../en/index.ts";
import { access } from "./access/index.ts";
import { locale } from "./counts.ts";
import { messaging } from "./messaging.ts";
import { operations } from "./operations.ts";
import { payments } from "./payments/index.ts";
import { people } from "./people.ts";

export const ru: Texts = { locale, access, messaging, operations, payments, people };
