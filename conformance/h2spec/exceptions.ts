/** Cases an agent fails with reason: id -> what the RFC says that the case does not. */
export const exceptions: ReadonlyMap<string, string> = new Map([]);
