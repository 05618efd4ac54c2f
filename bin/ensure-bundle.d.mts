/** Builds `entry` into `directory`, somewhere below the root; returns every file that went in, with its stamp of before. */
export function build(directory: string, entry: string): Promise<readonly (readonly [string, string])[]>
