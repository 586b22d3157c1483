/**
 * The shape of the operation catalogue. It is plain data (JSON-serialisable), so that the editor can receive it
 * unchanged. Source: HikCentral Professional OpenAPI guide 2.2.2, chapter 5 and appendix A.
 */

export type ParameterType = "string" | "number" | "boolean" | "object" | "array";

export interface AllowedValue {
  readonly value: string | number;
  readonly meaning: string;
}

/** The allowed shape of a value. */
export interface ValueShape {
  readonly type: ParameterType;
  /** Types that the guide's request example uses instead of `type`. They are accepted, too. */
  readonly accepts?: readonly ParameterType[];
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  /** Characters. The guide says "characters" and "bytes" for the same limit; platform names are not all ASCII. */
  readonly maxLength?: number;
  /** Characters that must not occur. */
  readonly forbidden?: string;
  /** Of an array, or of the parts of a separated text. */
  readonly minItems?: number;
  /** Of an array, or of the parts of a separated text. */
  readonly maxItems?: number;
  /** The text is a list whose parts are separated by this. */
  readonly separator?: string;
  readonly values?: readonly AllowedValue[];
  /** `values` are compared without regard to case. */
  readonly ignoreCase?: boolean;
  /** `time`: `2018-08-15T00:00:00+08:00`. `base64`: binary data, given as text or as a Buffer. */
  readonly format?: "time" | "base64";
  /** The members of an array. */
  readonly items?: ValueShape;
  /** The fields of an object. */
  readonly properties?: readonly Parameter[];
}

export interface Parameter extends ValueShape {
  readonly name: string;
  /** Other spellings of the name in the guide's table or example. They are accepted, and sent as given. */
  readonly alsoNamed?: readonly string[];
  readonly in: "body" | "header";
  readonly required: boolean;
  /** Required if the sibling `parameter` has one of `values`, or, without `values`, if it is present. */
  readonly requiredWhen?: { readonly parameter: string; readonly values?: readonly (string | number)[] };
  /** Required unless this sibling is present. */
  readonly requiredUnless?: string;
  readonly summary: string;
  readonly default?: string | number;
}

/**
 * The fields of an operation for paging: dotted paths, the first two in the body, the last two in the response's
 * `data`.
 */
export interface Paging {
  readonly pageNo: string;
  readonly pageSize: string;
  readonly list: string;
  /** Absent if the response has no total: then the last page is the first that is not full. */
  readonly total?: string;
}

/** Two times of the body (dotted paths), in this order, and their largest distance. */
export interface TimeWindow {
  readonly begin: string;
  readonly end: string;
  readonly maxDays?: number;
}

export type ResponseKind = "json" | "image" | "nothing";

export interface Operation {
  /** The path without `/api/` and without `v1/`: `eventService/eventRecords/page`. Later versions keep theirs. */
  readonly id: string;
  /** Without the gateway's context path (`/artemis`), which the client adds: `/api/resource/v1/cameras`. */
  readonly path: string;
  /** Section of the guide: `5.5`, and `5.3.3` within the long section 5.3. */
  readonly section: string;
  /** Heading under which an editor lists the operation. */
  readonly group: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  /** At least one body parameter of each set is required. */
  readonly atLeastOne?: readonly (readonly string[])[];
  readonly timeWindow?: TimeWindow;
  readonly paging?: Paging;
  /** True if the operation changes something on the platform or on its devices. */
  readonly changes: boolean;
  /** `json`: the response's `data`. `image`: the body is the image. `nothing`: the response only reports success. */
  readonly response: ResponseKind;
  /** A complete request body. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Fields of the response's `data`, dotted; `list[].name` is the field of a list's members. */
  readonly result: readonly string[];
}
