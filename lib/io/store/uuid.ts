/** Whether PostgreSQL would take `id` as a uuid: ids come from URLs, and a wrong one is "not found", not a failed statement. */
export const isUuid = (id: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(id)
