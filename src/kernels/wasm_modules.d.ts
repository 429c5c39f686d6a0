export declare const relaxed: WebAssembly.Module;
export declare const simd128: WebAssembly.Module;
