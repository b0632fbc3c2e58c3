import type { Connection } from "@temporalio/client";
import { SearchAttributeType } from "@temporalio/common";
import temporalProto from "@temporalio/proto";
import { searchAttributes } from "../workflows/contract/names.ts";

const { IndexedValueType } = temporalProto.temporal.api.enums.v1;

const wireType = (type: SearchAttributeType) =>
  type === SearchAttributeType.BOOL
    ? IndexedValueType.INDEXED_VALUE_TYPE_BOOL
    : IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

/**
 * Makes the namespace know our search attributes; those that it knows stay as they are. A namespace that was
 * just made may not be known to all parts of a server for some seconds: then this rejects, and works later.
 */
export async function addSearchAttributes(
  { operatorService }: Pick<Connection, "operatorService">,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter(({ name }) => !(name in customAttributes));
  if (missing.length === 0) return;
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, wireType(type)])),
  });
}
