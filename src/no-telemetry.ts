/**
 * Keeps ONNX Runtime from gathering usage data, and from the warning that it cannot where the home folder is read-only. The
 * library looks at the process's environment when it is loaded, which threads cannot change: import this before it, and
 * before threads start.
 */
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
