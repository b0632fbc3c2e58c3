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
 * Adds our search attributes to the namespace, where they are missing. Some parts of a server may
 * not know a new namespace for some seconds: then this rejects, and works later.
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
