export declare const daySeed: number
