import { UserPlus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogPanel, DialogTrigger } from "../ui/dialog.tsx";
import { Field, fieldClass, Labelled } from "../ui/field.tsx";
import { reasonOf } from "./request.ts";
import { changePerson } from "./telegram.ts";

interface AddCustomerProps {
  /** The new account's number. */
  readonly id: number;
  readonly onAdded: (person: number) => void;
}

/** Opens an account for one more customer at the emulated Telegram. */
export function AddCustomer({ id, onAdded }: AddCustomerProps) {
  const [open, setOpen] = useState(false);
  const added = () => {
    setOpen(false);
    onAdded(id);
  };
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button
          variant="ghost"
          className="h-11.5 w-full justify-start text-accent md:h-12 md:px-3.5"
        >
          <UserPlus aria-hidden />
          <span className="sr-only md:not-sr-only">Add a customer</span>
        </Button>
      </DialogTrigger>
      <DialogPanel
        title="Add a customer"
        description="One more person with a Telegram account, who has not met the bot yet."
      >
        <CustomerForm id={id} onAdded={added} />
      </DialogPanel>
    </Dialog>
  );
}

function CustomerForm({ id, onAdded }: AddCustomerProps) {
  const [name, setName] = useState("");
  const [language, setLanguage] = useState("en");
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const add = async () => {
    try {
      await changePerson(id, { first_name: name.trim(), language_code: language });
      onAdded(id);
    } catch (error) {
      setFailure(reasonOf(error));
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void add();
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-4">
      <Field
        label="First name"
        required
        maxLength={64}
        pattern=".*\S.*"
        title="A name with at least one letter"
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Labelled label="Language of their Telegram">
        <select
          className={fieldClass}
          value={language}
          onChange={(event) => setLanguage(event.target.value)}
        >
          <option value="en">English</option>
          <option value="ru">Русский</option>
        </select>
      </Labelled>
      {failure !== undefined && (
        <p role="alert" className="text-sm text-danger">
          {failure}
        </p>
      )}
      <Button type="submit">Add</Button>
    </form>
  );
}
