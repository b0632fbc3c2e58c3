import {
  condition,
  continueAsNew,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  uuid4,
  workflowInfo,
} from "@temporalio/workflow";
import { type HostCondition, removalsAgreed } from "../../domain/access/host.ts";
import { type ApprovalSubject, hostApprovalId } from "../../domain/people/approval.ts";
import type { HostQuestion, HostReconciler, HostRequest } from "../contract/access.ts";
import { workflowIds } from "../contract/names.ts";
import { type EndlessLoop, startEndlessLoop } from "../endless-loop.ts";
import { needHuman, showStage } from "../operator-view.ts";
import { ignoreStarted } from "../other-workflows.ts";
import { approvalAnswered, approveRemovals, checkNow, pause, resume } from "../signals.ts";
import { type HostSteps, loop, shortStep } from "../steps/reconcilers.ts";

const longestHistory = 800;

/** Runs until the condition changes; moves from worker to worker without events in the history. */
const { reconcileHost } = proxyActivities<HostSteps>({
  summary: "keeps the host equal to the books",
  ...loop,
});

const { checkHost } = proxyActivities<HostSteps>({
  ...shortStep,
  summary: "compares the whole host now",
});
const { allowRemovals } = proxyActivities<HostSteps>({
  ...shortStep,
  summary: "removes as many peers as an admin allowed",
});

/**
 * Keeps one host equal to the books until it is removed. The work is one endless activity;
 * this workflow acts only when the host's condition changes or a signal comes.
 */
export async function host(input: HostReconciler): Promise<void> {
  const { requests: before = [], ...initial } = input;
  const requests: HostRequest[] = [...before];
  let { isPaused } = initial;
  let state: HostReconciler = initial;
  // Requests for a check while one waits are the same request.
  const wantCheck = () => {
    if (!requests.some(({ kind }) => kind === "check")) requests.push({ kind: "check" });
  };
  setHandler(checkNow, wantCheck);
  setHandler(approveRemovals, () => void requests.push({ kind: "approve" }));
  setHandler(approvalAnswered, (answer) => void requests.push({ kind: "answer", answer }));
  setHandler(pause, () => void (isPaused = true));
  setHandler(resume, () => void (isPaused = false));
  show(state, isPaused);
  let running = startLoop(state, isPaused);
  for (;;) {
    const wasPaused = isPaused;
    await condition(
      () => running.hasEnded() || requests.length > 0 || isPaused !== wasPaused || isLong(),
    );
    const { open } = state;
    while (requests.length > 0 && !isLong()) state = await handleRequest(state, requests.shift()!);
    // An answer does not change the host's condition:
    // the loop goes on, and only the question is closed.
    if (state.open !== open) show(state, isPaused);
    if (isPaused === wasPaused && !running.hasEnded() && !isLong()) continue;
    const found = await running.end();
    if (found?.isGone) return showGone(state);
    if (found !== undefined) state = await askAdmins({ ...state, known: found });
    show(state, isPaused);
    if (isLong()) await continueAsNew<typeof host>({ ...state, isPaused, requests });
    running = startLoop(state, isPaused);
  }
}

const isLong = (): boolean => workflowInfo().historyLength >= longestHistory;

function startLoop(
  { hostId, known, asked }: HostReconciler,
  isPaused: boolean,
): EndlessLoop<HostCondition> {
  if (isPaused) return { hasEnded: () => false, end: () => Promise.resolve(undefined) };
  const input = { hostId, known, ...(asked === undefined ? {} : { asked }) };
  return startEndlessLoop(() => reconcileHost(input));
}

/** Asks admins what only they may decide, once per occasion. */
async function askAdmins(state: HostReconciler): Promise<HostReconciler> {
  const { held, heldSome: some, unknown, ...rest } = state.known;
  let { open } = state;
  if (held === 0) open = withoutRemovals(open);
  else if (!Object.values(open).some(({ kind }) => kind === "removals")) {
    const asked = await startQuestion(state, { kind: "removals" }, { count: held, some });
    open = { ...open, ...asked };
  }
  if (unknown === undefined) return { ...state, open };
  const { batch, count } = unknown;
  const asked = await startQuestion(state, { kind: "unknownPeers", batch }, { count });
  return { ...state, known: { held, ...rest }, asked: batch, open: { ...open, ...asked } };
}

type OpenQuestions = HostReconciler["open"];

const withoutRemovals = (open: OpenQuestions): OpenQuestions =>
  Object.fromEntries(Object.entries(open).filter(([, { kind }]) => kind !== "removals"));

async function startQuestion(
  { hostId, name }: HostReconciler,
  asks: HostQuestion,
  { count, some }: { readonly count: number; readonly some?: readonly string[] | undefined },
): Promise<OpenQuestions> {
  const about = asks.kind === "removals" ? uuid4() : asks.batch;
  const approvalId = hostApprovalId(about.replaceAll("-", ""));
  const subject: ApprovalSubject = { hostId, host: name, count, ...asks, ...(some && { some }) };
  const replyTo = workflowInfo().workflowId;
  await startChild("approval", {
    workflowId: workflowIds.approval(approvalId),
    args: [{ approvalId, subject, replyTo }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  }).catch(ignoreStarted);
  return { [approvalId]: asks };
}

async function handleRequest(state: HostReconciler, request: HostRequest): Promise<HostReconciler> {
  const { hostId, known, open } = state;
  switch (request.kind) {
    case "check":
      await checkHost(hostId);
      return state;
    case "approve":
      await allowRemovals(hostId, removalsAgreed(known.held));
      await checkHost(hostId);
      return state;
    case "answer": {
      // The decision is booked, also if another run asked the question.
      const { approvalId, kind } = request.answer;
      await checkHost(hostId);
      const about = open[approvalId];
      if (about === undefined) return state;
      // A question about removals that was not approved stays open: it is not repeated until the
      // drift is over.
      const stays = about.kind === "removals" && kind !== "approved";
      const others = Object.fromEntries(Object.entries(open).filter(([id]) => id !== approvalId));
      return stays ? state : { ...state, open: others };
    }
  }
}

function showGone({ name }: HostReconciler): void {
  showStage("ended", `${name}: removed`);
  needHuman(false, `${name}: removed`);
}

function show({ known, name, open }: HostReconciler, isPaused: boolean): void {
  const { away, held, refused, waiting } = known;
  const troubles = [
    ...(away === undefined ? [] : [`does not answer: ${away}`]),
    ...(held > 0 ? [`${held} peers should go: signal approveRemovals, or press Approve`] : []),
    ...(refused > 0 ? [`it refuses ${refused} accesses: see their refusal in the books`] : []),
    ...(waiting > 0 ? [`${waiting} devices wait for a host with room: add or widen one`] : []),
    ...(Object.values(open).some(({ kind }) => kind === "unknownPeers")
      ? ["admins are asked about peers that nobody knows"]
      : []),
  ];
  const stage = isPaused ? "paused" : away === undefined ? "following" : "away";
  const details = troubles.length > 0 ? troubles.join("; ") : "equal to the books";
  showStage(stage, `${name}: ${details}`);
  needHuman(isPaused || troubles.length > 0, `${name}: ${isPaused ? "paused; " : ""}${details}`);
}
