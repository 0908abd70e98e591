/** A result that is JSON already. */
export class JsonText<View = unknown> {
  /** Never there: what the text says, for the compiler. */
  declare readonly view?: View;

  constructor(readonly text: string) {}
}

/** A view with its JSON, which is made when it is first asked for: for what is answered often and changes rarely. */
export class RenderedView<View extends object> {
  private rendered: JsonText<View> | null = null;

  constructor(readonly view: View) {}

  get json(): JsonText<View> {
    return (this.rendered ??= new JsonText<View>(JSON.stringify(this.view)));
  }
}
