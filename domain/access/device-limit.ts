/** Whether a subscription with so many devices may have one more. */
export const mayAddDevice = (devices: number, limit: number): boolean => devices < limit;
