import { Activity, CreditCard, ExternalLink, Workflow } from "lucide-react";
import type { Places } from "./wire.ts";

/** Links to what an operator looks at. */
export function PlaceLinks({ places }: { places: Places }) {
  const links = [
    { icon: Workflow, name: "Workflows in Temporal", url: workflowsUrl(places, ofPeople) },
    { icon: CreditCard, name: "Payments in Temporal", url: workflowsUrl(places, ofMoney) },
    { icon: Activity, name: "Metrics", url: places.metrics },
  ];
  return (
    <ul className="flex w-full flex-col text-sm">
      {links.map(({ icon: Icon, name, url }) =>
        url === undefined ? null : (
          <li key={name}>
            <a
              href={url}
              target="_blank"
              rel="noopener noreferrer"
              className="flex items-center gap-2.5 rounded-lg px-2 py-2.5 hover:bg-raised"
            >
              <Icon aria-hidden className="size-4 text-muted" />
              {name}
              <ExternalLink aria-hidden className="ml-auto size-3.5 text-muted" />
            </a>
          </li>
        ),
      )}
    </ul>
  );
}

/** Each payment is a workflow of its own: what an operator opens when somebody asks after money. */
const ofMoney = 'WorkflowType = "payment"';
/** What people wait for: neither the reconcilers, which always run, nor calendars, which sleep. */
const ofPeople =
  'WorkflowType IN ("signup", "approval", "payment", "refund", "unmatched", "ticket", "adminAct")';

/** The Temporal UI's list of the workflows that match a query. */
function workflowsUrl(
  { temporalUi, temporalNamespace = "default" }: Places,
  wanted: string,
): string | undefined {
  if (temporalUi === undefined) return undefined;
  const namespace = encodeURIComponent(temporalNamespace);
  const query = encodeURIComponent(wanted);
  return `${temporalUi.replace(/\/$/u, "")}/namespaces/${namespace}/workflows?query=${query}`;
}
