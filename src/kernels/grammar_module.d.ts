export declare const grammar: WebAssembly.Module;
