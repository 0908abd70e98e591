/** A result that is JSON already. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** A view with its JSON, which is made when it is first asked for: for what is answered often and changes rarely. */
export class RenderedView<View extends object> {
  private rendered: JsonText | null = null;

  constructor(readonly view: View) {}

  get json(): JsonText {
    return (this.rendered ??= new JsonText(JSON.stringify(this.view)));
  }
}
