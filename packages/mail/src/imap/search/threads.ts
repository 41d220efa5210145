/** A message as threads see it. */
export interface ThreadedMail {
  readonly number: number;
  readonly sentAt: number;
  readonly baseSubject: string;
  readonly isReply: boolean;
  readonly messageId: string | undefined;
  /** From the oldest to the one it answers. */
  readonly references: readonly string[];
}

/** A message, or a place where one is missing, and what follows it. */
export interface MailThread {
  readonly mail: ThreadedMail | undefined;
  readonly children: readonly MailThread[];
}

/** RFC 5256 §3 ORDEREDSUBJECT: all of one subject answer the first of it. */
export function threadBySubject(mails: readonly ThreadedMail[]): readonly MailThread[] {
  const groups = new Map<string, ThreadedMail[]>();
  for (const mail of [...mails].sort(byDate))
    groups.set(mail.baseSubject, [...(groups.get(mail.baseSubject) ?? []), mail]);
  return [...groups.values()].map(([first, ...rest]) => ({
    mail: first,
    children: rest.map((mail) => ({ mail, children: [] })),
  }));
}

/** A container of the algorithm: it may be empty, for a message that is only referred to. */
class Container {
  mail: ThreadedMail | undefined;
  parent: Container | undefined;
  children: Container[] = [];

  /** Whether another is this one, or above it: then it cannot become its child. */
  isWithin(other: Container): boolean {
    for (let at: Container | undefined = this; at !== undefined; at = at.parent) if (at === other) return true;
    return false;
  }

  adopt(child: Container): void {
    child.leave();
    child.parent = this;
    this.children.push(child);
  }

  leave(): void {
    const { parent } = this;
    if (parent !== undefined) parent.children = parent.children.filter((one) => one !== this);
    this.parent = undefined;
  }
}

/** RFC 5256 §3 REFERENCES. */
export function threadByReferences(mails: readonly ThreadedMail[]): readonly MailThread[] {
  const roots = prunedRoots(linked(mails));
  const threads = joinedBySubject(roots).map(threadOf);
  return [...threads].sort((a, b) => dateOf(a) - dateOf(b) || numberOf(a) - numberOf(b));
}

/** Step 1: who answers whom. */
function linked(mails: readonly ThreadedMail[]): readonly Container[] {
  const byId = new Map<string, Container>();
  const all = new Set<Container>();
  const find = (id: string): Container => {
    const known = byId.get(id) ?? new Container();
    byId.set(id, known);
    all.add(known);
    return known;
  };
  for (const mail of mails) {
    const named = mail.messageId === undefined ? undefined : find(mail.messageId);
    const own = named === undefined || named.mail !== undefined ? new Container() : named; // two with one id: the second has none
    all.add(own);
    own.mail = mail;
    let above: Container | undefined;
    for (const reference of mail.references) {
      const container = find(reference);
      if (above !== undefined && container.parent === undefined && !above.isWithin(container)) above.adopt(container);
      above = container;
    }
    own.leave();
    if (above !== undefined && !above.isWithin(own)) above.adopt(own);
  }
  return [...all].filter(({ parent }) => parent === undefined);
}

/** Step 3: empty containers go, and what is in them moves up; at the top only if it is alone. */
function prunedRoots(roots: readonly Container[]): Container[] {
  const pruned = (container: Container, isRoot: boolean): Container[] => {
    container.children = container.children.flatMap((child) => pruned(child, false));
    for (const child of container.children) child.parent = container;
    if (container.mail !== undefined) return [container];
    if (!isRoot || container.children.length <= 1) return container.children;
    return [container];
  };
  const top = roots.flatMap((root) => pruned(root, true));
  for (const root of top) root.parent = undefined;
  return top;
}

/** Step 5: threads of one subject become one. */
function joinedBySubject(roots: readonly Container[]): readonly Container[] {
  const table = new Map<string, Container>();
  for (const root of roots) {
    const { baseSubject = "" } = firstOf(root) ?? {};
    const known = table.get(baseSubject);
    if (baseSubject === "") continue;
    const isBetter =
      known === undefined ||
      (root.mail === undefined && known.mail !== undefined) ||
      (known.mail?.isReply === true && root.mail?.isReply === false);
    if (isBetter) table.set(baseSubject, root);
  }
  const replaced = new Map<Container, Container>();
  const kept: Container[] = [];
  for (const root of roots) {
    const known = table.get(firstOf(root)?.baseSubject ?? "");
    if (known === undefined || known === root) kept.push(root);
    else joinTo(replaced.get(known) ?? known, root, (joined) => replaced.set(known, joined));
  }
  return kept.map((root) => replaced.get(root) ?? root);
}

function joinTo(known: Container, root: Container, replace: (joined: Container) => void): void {
  if (known.mail === undefined) {
    for (const one of root.mail === undefined ? [...root.children] : [root]) known.adopt(one);
  } else if (root.mail?.isReply === true && !known.mail.isReply) known.adopt(root);
  else {
    const both = new Container();
    both.children = [known, root];
    replace(both);
  }
}

function firstOf(container: Container): ThreadedMail | undefined {
  return container.mail ?? sortedChildren(container)[0]?.mail;
}

function sortedChildren({ children }: Container): readonly Container[] {
  return [...children].sort((a, b) => (a.mail?.sentAt ?? 0) - (b.mail?.sentAt ?? 0));
}

function threadOf(container: Container): MailThread {
  const children = container.children.map(threadOf);
  return {
    mail: container.mail,
    children: children.sort((a, b) => dateOf(a) - dateOf(b) || numberOf(a) - numberOf(b)),
  };
}

function dateOf({ mail, children }: MailThread): number {
  return mail?.sentAt ?? (children[0] === undefined ? 0 : dateOf(children[0]));
}

function numberOf({ mail, children }: MailThread): number {
  return mail?.number ?? (children[0] === undefined ? 0 : numberOf(children[0]));
}

function byDate(a: ThreadedMail, b: ThreadedMail): number {
  return a.sentAt - b.sentAt || a.number - b.number;
}

/** `(3 6 (4 23)(44 7 96))` (RFC 5256 §4). */
export function formatThread({ mail, children }: MailThread): string {
  return `(${insideOf(mail, children)})`;
}

function insideOf(mail: ThreadedMail | undefined, children: readonly MailThread[]): string {
  const own = mail === undefined ? "" : String(mail.number);
  const [only] = children;
  if (only === undefined) return own;
  const space = own === "" ? "" : " ";
  if (children.length === 1) return `${own}${space}${insideOf(only.mail, only.children)}`;
  return `${own}${space}${children.map(formatThread).join("")}`;
}
